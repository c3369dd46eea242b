import Foundation
import OTLP
import Service

/// Captures as if they happened now: each directory is a run, whose newest span ends when it is sent.
struct RenewedCaptures {
    private let captures: [Capture]

    /// How large a body may be that was compressed.
    private static let byteCountMax = 64 << 20

    init(_ captures: [Capture]) { self.captures = captures }

    /// The bodies of one round, in the captures' order; a run is read when its first body is asked for.
    ///
    /// - Throws: `CommandError` where a body cannot be read, or is none of spans in protobuf.
    func forEach(_ body: (Capture, [UInt8]) async throws -> Void) async throws {
        var rest = captures[...]
        while let first = rest.first {
            let directory = Self.directory(of: first)
            let run = rest.prefix { Self.directory(of: $0) == directory }
            rest = rest.dropFirst(run.count)
            try await forEach(Array(run), body)
        }
    }

    private func forEach(_ run: [Capture], _ body: (Capture, [UInt8]) async throws -> Void) async throws {
        var bodies: [[UInt8]] = []
        var newest: UInt64 = 0
        for capture in run {
            let bytes = try plain(capture)
            newest = max(
                newest,
                try Self.checked(capture) { () throws(WireError) in
                    try TraceRenewal.newestEnd(of: bytes.span.bytes)
                } ?? 0)
            bodies.append(bytes)
        }
        let now = UInt64(Date().timeIntervalSince1970 * 1e9)
        let renewal = TraceRenewal(newest: newest, now: now, salt: UInt64.random(in: 1 ... .max))
        for (capture, var bytes) in zip(run, bodies) {
            try Self.checked(capture) { () throws(WireError) in try renewal.renew(&bytes) }
            try await body(capture.uncompressed, bytes)
        }
    }

    private func plain(_ capture: Capture) throws(CommandError) -> [UInt8] {
        let bytes = try capture.body()
        guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
        do {
            return try Decompression.gunzip(bytes, byteCountMax: Self.byteCountMax)
        } catch {
            throw CommandError(.failure, "\(capture.path): \(error)", cause: error)
        }
    }

    private static func checked<Value>(_ capture: Capture, _ body: () throws(WireError) -> Value)
        throws(CommandError)
        -> Value
    {
        guard capture.httpPath == "/v1/traces" else {
            throw CommandError(
                .failure, "\(capture.path): --renew is for spans; this was sent to \(capture.requestPath)")
        }
        do {
            return try body()
        } catch {
            throw CommandError(
                .failure, "\(capture.path): --renew is for spans in protobuf; \(error)", cause: error)
        }
    }

    private static func directory(of capture: Capture) -> Substring {
        capture.path.lastIndex(of: "/").map { capture.path[..<$0] } ?? ""
    }
}
