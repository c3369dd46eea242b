import OTLP
import Packs

// Forms that take texts apart and put them together.
extension Deriver {
    /// The texts of `count` operands from `start` that are there, one after another.
    mutating func concatenated(_ start: Int32, _ count: Int32, _ body: RawSpan) -> TextReference {
        // All first: operands write into the scratch, and perhaps into the parts, themselves.
        let first = parts.count
        defer { parts.removeLast(parts.count - first) }
        for index in start..<start + count {
            let part = text(program.operands[Int(index)], body)
            if !part.isMissing { parts.append(part) }
        }
        guard parts.count > first else { return .missing }
        let offset = scratch.count
        for index in first..<parts.count { append(parts[index], body) }
        return TextReference(space: .scratch, offset: offset, count: scratch.count - offset)
    }

    /// Appends the bytes of a text to the scratch.
    private mutating func append(_ text: TextReference, _ body: RawSpan) {
        let range = text.offset..<text.offset + text.count
        switch text.space {
        case .body: body.extracting(range).withUnsafeBytes { scratch.append(contentsOf: $0) }
        case .constant: scratch.append(contentsOf: program.constantBytes[range])
        case .scratch: for index in range { scratch.append(scratch[index]) }
        }
    }

    /// What the first star of a pattern stands for in `text`.
    mutating func star(_ text: TextReference, _ pattern: Int32, _ body: RawSpan) -> TextReference {
        guard !text.isMissing else { return .missing }
        let bytes = bytes(text, body)
        guard let range = program.patterns[Int(pattern)].starRange(in: bytes) else { return .missing }
        return TextReference(space: text.space, offset: text.offset + range.lowerBound, count: range.count)
    }

    /// The first of `count` keys from `start` in the events with such a name, or in the one being counted.
    mutating func eventText(_ pattern: Int32, _ start: Int32, _ count: Int32, _ body: RawSpan)
        -> TextReference
    {
        do throws(WireError) {
            if let event { return try text(of: event, pattern, start, count, body) }
            var cursor = EventCursor(reader.span.range)
            while let event = try cursor.next(body) {
                let text = try text(of: event, pattern, start, count, body)
                if !text.isMissing { return text }
            }
        } catch {
            // What cannot be read says nothing.
        }
        return .missing
    }

    /// The seconds from the span's start to its first event with such a name.
    mutating func eventDelay(_ pattern: Int32, _ body: RawSpan) -> Number {
        var cursor = EventCursor(reader.span.range)
        while let event = try? cursor.next(body) {
            guard isNamed(event, pattern, body) else { continue }
            // What came before the start, or when nobody knows, says nothing.
            guard event.nanoseconds >= reader.span.startNanoseconds else { return .missing }
            return Number(Double(event.nanoseconds - reader.span.startNanoseconds) / 1e9)
        }
        return .missing
    }

    /// The value that a path leads to in a JSON text.
    mutating func json(_ text: TextReference, _ path: Int32, _ body: RawSpan) -> TextReference {
        guard !text.isMissing, text.count > 0 else { return .missing }
        let path = program.jsonPaths[Int(path)]
        let range =
            switch text.space {
            case .body: JSONMember.range(of: path, in: body, at: text.offset, count: text.count)
            case .constant:
                JSONMember.range(
                    of: path, in: program.constantBytes.span.bytes, at: text.offset, count: text.count)
            case .scratch:
                JSONMember.range(of: path, in: scratch.span.bytes, at: text.offset, count: text.count)
            }
        guard let range else { return .missing }
        return TextReference(space: text.space, offset: range.lowerBound, count: range.count)
    }

    private mutating func text(
        of event: SpanEvent, _ pattern: Int32, _ start: Int32, _ count: Int32, _ body: RawSpan
    ) throws(WireError) -> TextReference {
        guard isNamed(event, pattern, body) else { return .missing }
        for index in Int(start)..<Int(start + count) {
            let text = attributeText(try event.attribute(program.eventKeys[index], body))
            if !text.isMissing, text.count > 0 { return text }
        }
        return .missing
    }

    /// Whether an event's name matches a pattern.
    func isNamed(_ event: SpanEvent, _ pattern: Int32, _ body: RawSpan) -> Bool {
        program.patterns[Int(pattern)].matches(
            body, at: Int(event.name.offset), count: Int(event.name.count))
    }

    /// Counts the events of the current span that a meter takes one by one.
    @inline(never)
    mutating func stageEvents(_ meter: CompiledMeter, _ number: Int, _ body: RawSpan) {
        var cursor = EventCursor(reader.span.range)
        while let event = try? cursor.next(body) {
            guard isNamed(event, meter.each, body) else { continue }
            // What was remembered of the span may have been read of another event.
            stamp &+= 1
            self.event = event
            stageOnce(meter, number, body)
        }
        stamp &+= 1
        event = nil
    }

    /// Whether the text of `node` names a commit.
    mutating func isCommit(_ node: Int32, _ body: RawSpan) -> Truth {
        let text = text(node, body)
        if text.isMissing { return .missing }
        guard text.count <= 64 else { return .no }
        if text.space == .body {
            let bytes = body.extracting(text.offset..<text.offset + text.count)
            return Expression.isCommit(bytes) ? .yes : .no
        }
        let bytes = bytes(text, body)
        return Expression.isCommit(bytes.span.bytes) ? .yes : .no
    }

    /// The bytes of a text.
    mutating func bytes(_ text: TextReference, _ body: RawSpan) -> [UInt8] {
        switch text.space {
        case .body:
            return body.extracting(text.offset..<text.offset + text.count).withUnsafeBytes { [UInt8]($0) }
        case .constant: return Array(program.constantBytes[text.offset..<text.offset + text.count])
        case .scratch: return Array(scratch[text.offset..<text.offset + text.count])
        }
    }
}
