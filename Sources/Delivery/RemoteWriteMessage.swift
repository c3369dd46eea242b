/// The versions of Prometheus' remote write.
package enum RemoteWriteVersion: String, Sendable {
    case version1 = "0.1.0"
    case version2 = "2.0.0"

    /// The Content-Type of a request.
    var contentType: String {
        switch self {
        case .version1: "application/x-protobuf"
        case .version2: "application/x-protobuf;proto=io.prometheus.write.v2.Request"
        }
    }
}

/// What one request is to hold, in either version.
package struct RemoteWriteMessage: Sendable {
    /// How many samples it has.
    let sampleCount: Int
    private let bytes: @Sendable (RemoteWriteVersion) -> [UInt8]

    /// - Parameters:
    ///   - sampleCount: how many samples it has; more than 0.
    ///   - bytes: the protobuf message of a version, not compressed.
    package init(sampleCount: Int, bytes: @escaping @Sendable (RemoteWriteVersion) -> [UInt8]) {
        self.sampleCount = sampleCount
        self.bytes = bytes
    }

    /// The body of a request.
    func body(_ version: RemoteWriteVersion) -> [UInt8] { Snappy.compressed(bytes(version)) }
}
