import Bytes
import Derivation
import Folding
import Foundation
import MetricModel
import Packs
import SeededRandom

/// The way from request bodies to results of tests, without a service.
struct Replay {
    /// How the requests of a run come in.
    enum Order: Sendable, CaseIterable {
        case asSent, shuffled, spanBySpan
    }

    let packs: PackSet
    private let program: Program
    var folds: Folds
    /// Milliseconds since 1970; later than all captures.
    var now: Int64 = 1_800_000_000_000
    private(set) var sequence: UInt64 = 0

    init(_ sources: [PackSource] = PackSource.builtIn, limits: FoldLimits = FoldLimits()) throws {
        packs = try PackSet(sources: sources)
        program = Program(packs)
        folds = Folds(packs.folds, limits: limits)
    }

    /// What a body says to folds; a section a batch.
    func sections(_ body: [UInt8]) throws -> [[UInt8]] {
        var deriver = Deriver(program: program, hash: ByteHash(seed: 42), valueByteCountMax: 256)
        var sections: [[UInt8]] = []
        let span = body.span.bytes
        try deriver.begin(span)
        while try deriver.nextBatch(span) {
            let section = deriver.batch.folds.section(names: program.foldNames)
            if !section.isEmpty { sections.append(section) }
        }
        return sections
    }

    /// Takes in a body; the clock goes on by a millisecond.
    mutating func apply(_ body: [UInt8]) throws {
        for section in try sections(body) {
            now += 1
            sequence += 1
            try folds.apply(section.span.bytes, arrival: now, sequence: sequence)
        }
    }

    mutating func apply(_ bodies: [[UInt8]], _ order: Order, _ random: inout SeededRandom) throws {
        switch order {
        case .asSent: for body in bodies { try apply(body) }
        case .shuffled: for body in bodies.shuffled(using: &random) { try apply(body) }
        case .spanBySpan:
            for body in bodies.flatMap(SpanSplitter.requests).shuffled(using: &random) { try apply(body) }
        }
    }

    /// Decides what is due, a slice at a time, and lets it take effect.
    mutating func decide(_ mode: DueMode, slice: Int = 7, touched: Set<UInt64> = []) -> OutcomeBatch {
        var whole = OutcomeBatch(decided: now)
        while let batch = folds.due(at: now, touched: touched, resultCountMax: slice, mode: mode) {
            sequence += 1
            folds.close(batch, sequence: sequence)
            whole.results += batch.results
            whole.runs += batch.runs
            whole.workers += batch.workers
        }
        return whole
    }
}

/// Cuts requests of several spans into requests of one each.
enum SpanSplitter {
    static func requests(_ body: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for resource in fields(body) where resource.number == 1 {
            let parts = fields(resource.bytes)
            let resourceHead = parts.filter { $0.number != 2 }.flatMap(\.whole)
            for scope in parts where scope.number == 2 {
                let inner = fields(scope.bytes)
                let scopeHead = inner.filter { $0.number != 2 }.flatMap(\.whole)
                for span in inner where span.number == 2 {
                    result.append(field(1, resourceHead + field(2, scopeHead + span.whole)))
                }
            }
        }
        return result
    }

    private struct Field {
        let number: UInt64
        /// Of a length-delimited field.
        let bytes: [UInt8]
        let whole: [UInt8]
    }

    private static func fields(_ bytes: [UInt8]) -> [Field] {
        var fields: [Field] = []
        var position = 0
        func varint() -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            return value
        }
        while position < bytes.count {
            let start = position
            let tag = varint()
            var content: [UInt8] = []
            switch tag & 7 {
            case 0: _ = varint()
            case 1: position += 8
            case 5: position += 4
            default:
                let count = Int(varint())
                content = Array(bytes[position..<position + count])
                position += count
            }
            fields.append(Field(number: tag >> 3, bytes: content, whole: Array(bytes[start..<position])))
        }
        return fields
    }

    private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [number << 3 | 2]
        var rest = content.count
        while rest >= 0x80 {
            result.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return result + [UInt8(rest)] + content
    }
}
