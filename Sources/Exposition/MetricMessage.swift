internal import CProtobuf

/// Memory for one `Metric` of the protobuf format, filled and packed for one series after the other.
///
/// protobuf-c packs from structures that point at each other; all of them live here, with copies of the labels'
/// bytes, so that a series costs no allocation.
final class MetricMessage {
    // SAFETY: every pointer is valid from init to deinit (`text` may move in `begin` only, when nothing points into
    // it), and protobuf-c writes through none of them.
    private let labels: UnsafeMutablePointer<Prom__LabelPair>
    private let labelPointers: UnsafeMutablePointer<UnsafeMutablePointer<Prom__LabelPair>?>
    private let buckets: UnsafeMutablePointer<Prom__Bucket>
    private let bucketPointers: UnsafeMutablePointer<UnsafeMutablePointer<Prom__Bucket>?>
    private let metric: UnsafeMutablePointer<Prom__Metric>
    private let counter: UnsafeMutablePointer<Prom__Counter>
    private let gauge: UnsafeMutablePointer<Prom__Gauge>
    private let histogram: UnsafeMutablePointer<Prom__Histogram>
    private let created: UnsafeMutablePointer<Prom__Timestamp>
    private var text: UnsafeMutablePointer<UInt8>
    private var textCapacity = 4_096
    private var textCount = 0
    private let labelCountMax: Int
    private let bucketCountMax: Int

    /// - Parameters:
    ///   - labelCountMax: the most labels that a series has.
    ///   - bucketCountMax: the most bounds that a histogram has.
    init(labelCountMax: Int, bucketCountMax: Int) {
        self.labelCountMax = labelCountMax
        self.bucketCountMax = bucketCountMax
        labels = .allocate(capacity: max(1, labelCountMax))
        labelPointers = .allocate(capacity: max(1, labelCountMax))
        for index in 0..<labelCountMax {
            prom__label_pair__init(labels + index)
            (labelPointers + index).initialize(to: labels + index)
        }
        buckets = .allocate(capacity: max(1, bucketCountMax))
        bucketPointers = .allocate(capacity: max(1, bucketCountMax))
        for index in 0..<bucketCountMax {
            prom__bucket__init(buckets + index)
            (bucketPointers + index).initialize(to: buckets + index)
        }
        metric = .allocate(capacity: 1)
        counter = .allocate(capacity: 1)
        gauge = .allocate(capacity: 1)
        histogram = .allocate(capacity: 1)
        created = .allocate(capacity: 1)
        prom__metric__init(metric)
        prom__counter__init(counter)
        prom__gauge__init(gauge)
        prom__histogram__init(histogram)
        prom__timestamp__init(created)
        metric.pointee.label = labelPointers
        histogram.pointee.bucket = bucketPointers
        text = .allocate(capacity: textCapacity)
    }

    deinit {
        labels.deallocate()
        labelPointers.deallocate()
        buckets.deallocate()
        bucketPointers.deallocate()
        metric.deallocate()
        counter.deallocate()
        gauge.deallocate()
        histogram.deallocate()
        created.deallocate()
        text.deallocate()
    }

    /// Forgets the series before and makes room for labels of `textByteCountMax` bytes in all.
    func begin(textByteCountMax: Int) {
        metric.pointee.n_label = 0
        metric.pointee.counter = nil
        metric.pointee.gauge = nil
        metric.pointee.histogram = nil
        textCount = 0
        if textByteCountMax > textCapacity {
            text.deallocate()
            textCapacity = textByteCountMax * 2
            text = .allocate(capacity: textCapacity)
        }
    }

    /// Adds a label; its bytes are copied.
    func addLabel(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        let index = metric.pointee.n_label
        precondition(index < labelCountMax, "room was made for \(labelCountMax) labels")
        labels[index].name = copy(name)
        labels[index].value = copy(value)
        metric.pointee.n_label += 1
    }

    private func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> ProtobufCBinaryData {
        precondition(textCount + bytes.count <= textCapacity, "room was made for all labels")
        let start = text + textCount
        if let base = bytes.baseAddress { start.initialize(from: base, count: bytes.count) }
        textCount += bytes.count
        return ProtobufCBinaryData(len: bytes.count, data: start)
    }

    /// Makes it a counter.
    ///
    /// - Parameter created: milliseconds since 1970; 0 where that is not known.
    func setCounter(_ value: Double, created: Int64) {
        counter.pointee.value = value
        counter.pointee.created_timestamp = timestamp(created)
        metric.pointee.counter = counter
    }

    /// Makes it a gauge.
    func setGauge(_ value: Double) {
        gauge.pointee.value = value
        metric.pointee.gauge = gauge
    }

    /// Makes it a histogram; the last bucket, without a bound, is not written, because the count says the same.
    ///
    /// - Parameters:
    ///   - cells: counts, not cumulated, one more than `bounds`.
    ///   - created: milliseconds since 1970; 0 where that is not known.
    func setHistogram(bounds: [Double], cells: ArraySlice<UInt64>, sum: Double, created: Int64) {
        precondition(bounds.count <= bucketCountMax && cells.count == bounds.count + 1, "as laid out")
        var total: UInt64 = 0
        for (index, count) in cells.enumerated() {
            total &+= count
            if index == bounds.count { break }
            buckets[index].cumulative_count = total
            buckets[index].upper_bound = bounds[index]
        }
        histogram.pointee.n_bucket = bounds.count
        histogram.pointee.sample_count = total
        histogram.pointee.sample_sum = sum
        histogram.pointee.created_timestamp = timestamp(created)
        metric.pointee.histogram = histogram
    }

    private func timestamp(_ milliseconds: Int64) -> UnsafeMutablePointer<Prom__Timestamp>? {
        guard milliseconds > 0 else { return nil }
        created.pointee.seconds = milliseconds / 1_000
        created.pointee.nanos = Int32(milliseconds % 1_000) * 1_000_000
        return created
    }

    /// How many bytes the message takes.
    var byteCount: Int { prom__metric__get_packed_size(metric) }

    /// Appends the message as a field of a `MetricFamily`: key, length, message.
    func append(to target: inout TextBuffer) {
        let byteCount = byteCount
        target.append(varint: ProtobufFormat.metricKey)
        target.append(varint: UInt64(byteCount))
        target.append(byteCount: byteCount) { memory in
            let written = prom__metric__pack(metric, memory)
            precondition(written == byteCount, "a message is as long as it was measured")
        }
    }
}
