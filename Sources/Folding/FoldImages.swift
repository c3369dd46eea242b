import Bytes
import MetricModel
import Packs

/// What open cases and runs look like at a moment, a slot a row, for a checkpoint.
package struct FoldImages: Sendable {
    /// One slot.
    package struct Row: Sendable, Equatable {
        /// What kind of thing it is above its slot.
        package let id: Int64
        /// The last journal entry that the image includes.
        package let sequence: UInt64
        package let image: [UInt8]
    }

    package var rows: [Row] = []
    /// Ids whose rows are to go.
    package var removed: [Int64] = []
    /// Ids whose rows are all to go, as far as there are any.
    package var removedRange: Range<Int64>?
    /// Whether nothing comes behind.
    package var isLast = false

    package init() {}
}

extension Folds {
    static let imageVersion: UInt8 = 2

    /// Images of at most `countMax` slots from `place` on, which goes on behind them; 0 begins.
    ///
    /// - Parameter changedBehind: only what entries behind this one changed; nil for everything.
    package func images(from place: inout Int, changedBehind: UInt64?, countMax: Int) -> FoldImages {
        var images = FoldImages()
        let nodeCount = nodes.slotCount
        let end = nodeCount + cases.slotCount
        while place < end, images.rows.count + images.removed.count < countMax {
            let isNode = place < nodeCount
            let slot = isNode ? place : place - nodeCount
            let id = Int64(isNode ? 0 : 1) << 32 | Int64(slot)
            let sequence = isNode ? nodes.sequences[slot] : cases.sequences[slot]
            place += 1
            if let changedBehind, sequence <= changedBehind { continue }
            if isNode, nodes.contains(slot) {
                images.rows.append(FoldImages.Row(id: id, sequence: sequence, image: image(of: nodes[slot])))
            } else if !isNode, cases.contains(slot) {
                images.rows.append(FoldImages.Row(id: id, sequence: sequence, image: image(of: cases[slot])))
            } else {
                images.removed.append(id)
            }
        }
        if place >= end { addReady(to: &images, &place, changedBehind, countMax) }
        return images
    }

    /// What ids of cases in the queue begin with; their serial numbers are added. As a place it is behind all slots.
    private static let readyIDs: Int64 = 1 << 40

    /// Adds cases that wait for a decision.
    private func addReady(
        to images: inout FoldImages, _ place: inout Int, _ changedBehind: UInt64?, _ countMax: Int
    ) {
        let first = ready.count > 0 ? ready[0].serial : ready.endSerial
        if place < Self.readyIDs {
            place = Int(Self.readyIDs)
            images.removedRange = Self.readyIDs..<Self.readyIDs + first
        }
        var next = ready.place(ofSerial: Int64(place) - Self.readyIDs)
        while next < ready.count, images.rows.count + images.removed.count < countMax {
            let entry = ready[next]
            next += 1
            if let changedBehind, entry.sequence <= changedBehind { continue }
            images.rows.append(
                FoldImages.Row(
                    id: Self.readyIDs + entry.serial, sequence: entry.sequence, image: image(of: entry.item)))
        }
        images.isLast = next == ready.count
        place = Int(Self.readyIDs + (images.isLast ? ready.endSerial : ready[next].serial))
    }

    /// Takes in the image of a slot; all images come before the first `apply`, in the order of their ids.
    ///
    /// Entries of the journal up to `sequence` leave it alone. Time that nobody was there does not count as
    /// silence: `arrival` stands for arrivals before it.
    ///
    /// - Throws: `FoldError` for bytes that are no image; the slot stays as it is.
    package mutating func restore(
        _ image: RawSpan, id: Int64, sequence: UInt64, at arrival: Int64 = 0
    ) throws(FoldError) {
        let slot = Int(id & 0xFFFF_FFFF)
        guard id >= Self.readyIDs || slot < 1 << 28 && (id >> 32 == 0 || id >> 32 == 1) else {
            throw FoldError("fold row \(id) has no slot")
        }
        do throws(ByteReaderError) {
            var reader = ByteReader(image)
            let version = try reader.byte(image)
            guard 1...Self.imageVersion ~= version else { throw reader.failure }
            let name = try reader.string(image)
            guard let fold = numbers[name] else {
                unknownCount += 1
                return
            }
            if id >> 32 == 0 {
                var node = try self.node(fold, &reader, image)
                node.imageSequence = sequence
                node.lastArrival = max(node.lastArrival, arrival)
                restore(node, at: slot, sequence)
            } else {
                var (item, run) = try self.item(fold, version, &reader, image)
                item.imageSequence = sequence
                item.lastArrival = max(item.lastArrival, arrival)
                if id >= Self.readyIDs {
                    restoreReady(item, run, serial: id - Self.readyIDs, sequence)
                } else {
                    restore(item, run, at: slot, sequence)
                }
            }
        } catch {
            throw FoldError("fold row \(id) cannot be read from byte \(error.offset)")
        }
    }

    private mutating func restore(_ node: RunNode, at slot: Int, _ sequence: UInt64) {
        guard nodeSlots[node.key] == nil else { return }
        nodes.restore(node, at: slot, sequence: sequence)
        index(node: slot)
    }

    private mutating func restoreReady(
        _ item: FoldCase, _ run: RunKey?, serial: Int64, _ sequence: UInt64
    ) {
        guard let run else { return }
        var item = item
        item.node = nodeSlots[run] ?? lost(run, item)
        ready.restore(item, serial: serial, sequence: sequence)
    }

    private mutating func restore(_ item: FoldCase, _ run: RunKey?, at slot: Int, _ sequence: UInt64) {
        guard caseSlots[item.key] == nil else { return }
        var item = item
        if let run { item.node = nodeSlots[run] ?? lost(run, item) }
        cases.restore(item, at: slot, sequence: sequence)
        caseSlots[item.key] = slot
        if item.isOpen { open.append(slot) }
        if item.isClosed { closed.append(slot) }
        if let given = item.given {
            let key = TestKey(run: given.run, test: given.test)
            occurrences[key] = max(occurrences[key] ?? 0, given.occurrence + 1)
        }
        if item.own != nil { join(slot) }
    }

    /// The slot of a run whose own image is missing; the journal tells of it.
    private mutating func lost(_ run: RunKey, _ item: FoldCase) -> Int {
        let head = min(64, descriptions[item.fold].name.utf8.count) + 1
        let kind = run.bytes.count > head ? RunNode.Kind(rawValue: run.bytes[head]) : nil
        var words: [UInt64] = []
        var position = head + 1
        while kind != .key, position + 8 <= run.bytes.count {
            words.append(run.bytes[position..<position + 8].reduce(0) { $0 &<< 8 | UInt64($1) })
            position += 8
        }
        words += [0, 0, 0]
        let span = SpanKey(trace: words[0], traceLow: words[1], span: words[2])
        var node = RunNode(key: run, fold: item.fold, kind: kind ?? .key, span: span)
        node.take(item.texts, item.numbers)
        node.hasCases = item.own != nil
        node.lastArrival = item.lastArrival
        let slot = nodes.insert(node, sequence: 0)
        index(node: slot)
        return slot
    }
}
