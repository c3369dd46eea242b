/// The way a request came in; its raw value is the label value `protocol` of our own metrics.
package enum WireProtocol: String, Sendable, CaseIterable {
    case grpc
    case httpProtobuf = "http/protobuf"
}
