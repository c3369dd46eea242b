import NIOCore
import NIOHPACK

/// One HTTP/2 connection whose client uses one stream at a time; just enough frames for a unary call.
struct HTTP2Exchange {
    private enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let settings: UInt8 = 4
        static let ping: UInt8 = 6
        static let windowUpdate: UInt8 = 8
    }

    private enum Flag {
        static let endStream: UInt8 = 1
        static let acknowledge: UInt8 = 1
        static let endHeaders: UInt8 = 4
        static let padded: UInt8 = 8
        static let priority: UInt8 = 0x20
    }

    let connection: Connection

    func serve(_ respond: (ReceivedRequest) -> ServerAnswer) {
        // Windows large enough that no client waits: initial window (setting 4) and the connection's.
        send(Kind.settings, payload: [0, 4, 0x3f, 0xff, 0xff, 0xff])
        send(Kind.windowUpdate, payload: [0x3f, 0, 0, 0])
        var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
        var fields: [(name: String, value: String)] = []
        var body: [UInt8] = []
        while let head = connection.take(9) {
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard var payload = connection.take(length) else { return }
            let (kind, flags) = (head[3], head[4])
            let stream = head[5..<9].reduce(0) { $0 << 8 | Int($1) }
            switch kind {
            case Kind.settings where flags & Flag.acknowledge == 0:
                send(Kind.settings, flags: Flag.acknowledge)
            case Kind.ping where flags & Flag.acknowledge == 0:
                send(Kind.ping, flags: Flag.acknowledge, payload: payload)
            case Kind.headers:
                if flags & Flag.padded != 0 { payload = Array(payload.dropFirst().dropLast(Int(payload[0]))) }
                if flags & Flag.priority != 0 { payload = Array(payload.dropFirst(5)) }
                var block = ByteBuffer(bytes: payload)
                guard let decoded = try? decoder.decodeHeaders(from: &block) else { return }
                fields = decoded.map { (name: $0.name, value: $0.value) }
                body = []
            case Kind.data: body += payload
            default: continue
            }
            guard [Kind.headers, Kind.data].contains(kind), flags & Flag.endStream != 0 else { continue }
            let pseudo = { (name: String) in fields.first { $0.name == name }?.value ?? "" }
            let request = ReceivedRequest(
                method: pseudo(":method"), path: pseudo(":path"), headers: fields, body: body, isHTTP2: true)
            guard answer(respond(request), on: stream) else { return }
        }
    }

    /// False where the connection is to be closed.
    private func answer(_ answer: ServerAnswer, on stream: Int) -> Bool {
        switch answer {
        case .answer(let status, let headers, let body, let trailers):
            let ends = body.isEmpty && trailers.isEmpty
            let block = Self.block([(":status", String(status))] + headers)
            send(
                Kind.headers, flags: Flag.endHeaders | (ends ? Flag.endStream : 0), stream: stream,
                payload: block)
            if !body.isEmpty {
                send(Kind.data, flags: trailers.isEmpty ? Flag.endStream : 0, stream: stream, payload: body)
            }
            if !trailers.isEmpty {
                let flags = Flag.endHeaders | Flag.endStream
                send(Kind.headers, flags: flags, stream: stream, payload: Self.block(trailers))
            }
            return true
        case .raw(let text):
            connection.send(Array(text.utf8))
            return false
        case .hangUp: return false
        case .silence:
            connection.waitForEnd()
            return false
        }
    }

    private func send(_ kind: UInt8, flags: UInt8 = 0, stream: Int = 0, payload: [UInt8] = []) {
        let length = payload.count
        let head: [UInt8] = [
            UInt8(length >> 16), UInt8(length >> 8 & 0xff), UInt8(length & 0xff), kind, flags,
        ]
        let id = (0..<4).map { UInt8(stream >> (24 - 8 * $0) & 0xff) }
        connection.send(head + id + payload)
    }

    /// Literal fields, neither indexed nor compressed; each text is shorter than 127 bytes.
    private static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value -> [UInt8] in
            precondition(name.utf8.count < 127 && value.utf8.count < 127, "the test's field is short")
            return [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)]
                + Array(value.utf8)
        }
    }
}
