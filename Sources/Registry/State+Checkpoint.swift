import Bytes
import MetricModel

extension Registry.State {
    /// The first byte of each image.
    private static let imageVersion: UInt8 = 1

    /// A series as the checkpoint keeps it: version, identity, held instruments, time of the last change,
    /// time of birth of each touched instrument, then a row of `RecordFormat`.
    mutating func image(of series: Int, in table: Int) -> [UInt8] {
        writer.removeAll()
        writer.byte(Self.imageVersion)
        writeIdentity(of: series, in: table)
        writer.varint(UInt64(tables[table].samples.held[series]))
        writer.varint(UInt64(bitPattern: tables[table].samples.changed[series]))
        tables[table].samples.write(series, to: &writer)
        let samples = tables[table].samples
        for instrument in 0..<samples.amountWidth
        where samples.touched[series] & 1 &<< UInt32(instrument) != 0 {
            writer.varint(UInt64(bitPattern: samples.created[series * samples.amountWidth + instrument]))
        }
        return writer.bytes
    }

    /// Restores a series from its image.
    ///
    /// - Parameter sequence: the newest record that the image includes.
    mutating func restore(
        _ image: RawSpan, table: Int, series: Int, sequence: UInt64
    ) throws(RecordError) {
        var reader = ByteReader(image)
        do throws(ByteReaderError) {
            guard tables.indices.contains(table), series >= 0, series < RecordFormat.seriesNumberMax,
                try reader.byte(image) == Self.imageVersion
            else { throw reader.failure }
            let role = try readIdentity(table, &reader, image)
            if series < tables[table].endNumber, tables[table].statuses[series] != .free {
                throw reader.failure
            }
            insert(table, series, role)
            tables[table].samples.held[series] = UInt32(truncatingIfNeeded: try reader.varint(image))
            tables[table].samples.changed[series] = Int64(truncatingIfNeeded: try reader.varint(image))
            let touched = try tables[table].samples.add(to: series, &reader, image)
            for instrument in 0..<tables[table].samples.amountWidth
            where touched & 1 &<< UInt32(instrument) != 0 {
                let created = Int64(truncatingIfNeeded: try reader.varint(image))
                tables[table].samples.setCreated(created, of: 1 &<< UInt32(instrument), in: series)
            }
            tables[table].samples.setIncluded(sequence, series)
        } catch {
            throw RecordError(
                description: "series \(series) of table \(table) cannot be read at byte \(error.offset)")
        }
        appliedSequence = max(appliedSequence, sequence)
    }

    /// Queues the holds of all series that were restored, in the order of their births.
    mutating func queueRestoredHolds() {
        var births: [(born: Int64, table: Int, series: Int)] = []
        for table in tables.indices {
            for series in 0..<tables[table].endNumber where tables[table].samples.held[series] != 0 {
                births.append((tables[table].samples.firstCreated(series), table, series))
            }
        }
        births.sort { ($0.born, $0.table, $0.series) < ($1.born, $1.table, $1.series) }
        holds = HoldQueue()
        for birth in births {
            let held = tables[birth.table].samples.held[birth.series]
            appendHolds(of: held, birth.series, birth.table, born: birth.born)
        }
    }
}

extension SeriesSamples {
    /// When the first of a series' instruments was born.
    fileprivate func firstCreated(_ series: Int) -> Int64 {
        var first = Int64.max
        for created in created[series * amountWidth..<(series + 1) * amountWidth] where created != 0 {
            first = min(first, created)
        }
        return first
    }
}
