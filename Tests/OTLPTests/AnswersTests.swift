import CProtobuf
import OTLP
import Testing

@Suite struct AnswersTests {
    @Test func `a success is no bytes, so partial_success is unset`() throws {
        #expect(Answers.success.isEmpty)
        let response = try #require(
            otlp__export_trace_service_response__unpack(nil, Answers.success.count, Answers.success)
        )
        defer { otlp__export_trace_service_response__free_unpacked(response, nil) }
        #expect(response.pointee.partial_success == nil)
    }

    @Test(arguments: [(0, "a warning"), (3, "span id has 7 bytes"), (Int.max, ""), (1, "NUL\u{0}inside é")])
    func `a partial success carries its count and message`(rejected: Int, message: String) throws {
        let bytes = Answers.partial(rejected: rejected, message: message)
        let response = try #require(otlp__export_trace_service_response__unpack(nil, bytes.count, bytes))
        defer { otlp__export_trace_service_response__free_unpacked(response, nil) }
        let partial = try #require(response.pointee.partial_success).pointee
        #expect(partial.rejected_spans == Int64(rejected))
        #expect(text(partial.error_message) == message)
    }

    @Test func `a partial success has the bytes of the specification`() {
        let bytes = Answers.partial(rejected: 5, message: "ab")
        #expect(bytes == [0x0a, 0x06, 0x08, 0x05, 0x12, 0x02, 0x61, 0x62])
    }

    @Test(arguments: Answers.StatusCode.allCases)
    func `a status carries its code and message`(code: Answers.StatusCode) throws {
        let status = try Decoded(Answers.status(code: code, message: "text of \(code.name)"))
        #expect(status.code == code.rawValue)
        #expect(status.message == "text of \(code.name)")
        #expect(status.details.isEmpty)
    }

    @Test func `a bad request names the field`() throws {
        let status = try Decoded(
            Answers.status(
                code: .invalidArgument,
                message: "no export request",
                detail: .badRequest(field: "body", description: "tag 0 at offset 4")
            )
        )
        let detail = try #require(status.details.first)
        #expect(detail.typeURL == "type.googleapis.com/google.rpc.BadRequest")
        let badRequest = try #require(rpc__bad_request__unpack(nil, detail.value.count, detail.value))
        defer { rpc__bad_request__free_unpacked(badRequest, nil) }
        #expect(badRequest.pointee.n_field_violations == 1)
        let violation = try #require(badRequest.pointee.field_violations[0]).pointee
        #expect(text(violation.field) == "body")
        #expect(text(violation.description) == "tag 0 at offset 4")
    }

    @Test(arguments: [1, 30, 86_400])
    func `a retry info carries its seconds`(seconds: Int) throws {
        let status = try Decoded(
            Answers.status(code: .unavailable, message: "busy", detail: .retryInfo(seconds: seconds))
        )
        let detail = try #require(status.details.first)
        #expect(detail.typeURL == "type.googleapis.com/google.rpc.RetryInfo")
        let info = try #require(rpc__retry_info__unpack(nil, detail.value.count, detail.value))
        defer { rpc__retry_info__free_unpacked(info, nil) }
        #expect(info.pointee.retry_delay.pointee.seconds == Int64(seconds))
        #expect(info.pointee.retry_delay.pointee.nanos == 0)
    }
}

/// A `google.rpc.Status` taken apart by protobuf-c.
private struct Decoded {
    var code: Int32
    var message: String
    var details: [(typeURL: String, value: [UInt8])]

    init(_ bytes: [UInt8]) throws {
        let status = try #require(rpc__status__unpack(nil, bytes.count, bytes))
        defer { rpc__status__free_unpacked(status, nil) }
        code = status.pointee.code
        message = text(status.pointee.message)
        details = []
        for index in 0..<status.pointee.n_details {
            let any = try #require(status.pointee.details[index]).pointee
            details.append(
                (text(any.type_url), Array(UnsafeBufferPointer(start: any.value.data, count: any.value.len)))
            )
        }
    }
}

private func text(_ data: ProtobufCBinaryData) -> String {
    String(decoding: UnsafeBufferPointer(start: data.data, count: data.len), as: UTF8.self)
}
