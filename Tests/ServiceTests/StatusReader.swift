import CProtobuf
import Testing

/// A `google.rpc.Status` taken apart by protobuf-c.
struct StatusReader {
    var code: Int32
    var message: String
    var detailTypes: [String]
    var retrySeconds: Int64?

    init(_ bytes: [UInt8]) throws {
        let status = try #require(rpc__status__unpack(nil, bytes.count, bytes))
        defer { rpc__status__free_unpacked(status, nil) }
        code = status.pointee.code
        message = Self.text(status.pointee.message)
        detailTypes = []
        for index in 0..<status.pointee.n_details {
            let any = try #require(status.pointee.details[index]).pointee
            let type = Self.text(any.type_url)
            detailTypes.append(String(type.split(separator: ".").last ?? ""))
            if type.hasSuffix("RetryInfo") {
                let info = try #require(rpc__retry_info__unpack(nil, any.value.len, any.value.data))
                retrySeconds = info.pointee.retry_delay.pointee.seconds
                rpc__retry_info__free_unpacked(info, nil)
            }
        }
    }

    private static func text(_ data: ProtobufCBinaryData) -> String {
        String(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
    }
}
