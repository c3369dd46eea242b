internal import CProtobuf

/// The protobuf bodies an OTLP receiver answers with.
package enum Answers {
    /// What a `google.rpc.Status` says beyond its code and message.
    package enum Detail: Sendable, Equatable {
        /// Nothing.
        case none

        /// A `google.rpc.BadRequest` with one field violation: sending the same bytes again is useless.
        case badRequest(field: String, description: String)

        /// A `google.rpc.RetryInfo`: the same bytes may be sent again after this many seconds.
        case retryInfo(seconds: Int)
    }

    /// An `ExportTraceServiceResponse` that says that everything was taken: `partial_success` unset, so no bytes.
    package static let success: [UInt8] = []

    /// An `ExportTraceServiceResponse` with `partial_success` set.
    ///
    /// - Parameters:
    ///   - rejected: how many spans are lost; 0 makes it a warning.
    ///   - message: why, for the sender's log.
    package static func partial(rejected: Int, message: String) -> [UInt8] {
        withBinary(message) { text in
            var partial = Otlp__ExportTracePartialSuccess()
            otlp__export_trace_partial_success__init(&partial)
            partial.rejected_spans = Int64(rejected)
            partial.error_message = text
            return withUnsafeMutablePointer(to: &partial) { partial in
                var response = Otlp__ExportTraceServiceResponse()
                otlp__export_trace_service_response__init(&response)
                response.partial_success = partial
                return packed(
                    otlp__export_trace_service_response__get_packed_size(&response)
                ) { otlp__export_trace_service_response__pack(&response, $0) }
            }
        }
    }

    /// A `google.rpc.Status`: the body of every HTTP error, and gRPC's `grpc-status-details-bin`.
    package static func status(code: StatusCode, message: String, detail: Detail = .none) -> [UInt8] {
        switch detail {
        case .none:
            return status(code, message, detail: nil)
        case .badRequest(let field, let description):
            let bytes = badRequest(field: field, description: description)
            return status(code, message, detail: ("type.googleapis.com/google.rpc.BadRequest", bytes))
        case .retryInfo(let seconds):
            let bytes = retryInfo(seconds: seconds)
            return status(code, message, detail: ("type.googleapis.com/google.rpc.RetryInfo", bytes))
        }
    }

    private static func status(
        _ code: StatusCode,
        _ message: String,
        detail: (typeURL: String, value: [UInt8])?
    ) -> [UInt8] {
        withBinary(message) { text in
            var status = Rpc__Status()
            rpc__status__init(&status)
            status.code = code.rawValue
            status.message = text
            guard let detail else { return packed(status: &status) }
            return withBinary(detail.typeURL) { typeURL in
                withBinary(detail.value) { value in
                    var any = Rpc__Any()
                    rpc__any__init(&any)
                    any.type_url = typeURL
                    any.value = value
                    return withUnsafeMutablePointer(to: &any) { any in
                        var first: UnsafeMutablePointer<Rpc__Any>? = any
                        return withUnsafeMutablePointer(to: &first) { list in
                            status.n_details = 1
                            status.details = list
                            return packed(status: &status)
                        }
                    }
                }
            }
        }
    }

    private static func packed(status: inout Rpc__Status) -> [UInt8] {
        let byteCount = rpc__status__get_packed_size(&status)
        return packed(byteCount) { rpc__status__pack(&status, $0) }
    }

    private static func badRequest(field: String, description: String) -> [UInt8] {
        withBinary(field) { field in
            withBinary(description) { description in
                var violation = Rpc__FieldViolation()
                rpc__field_violation__init(&violation)
                violation.field = field
                violation.description = description
                return withUnsafeMutablePointer(to: &violation) { violation in
                    var first: UnsafeMutablePointer<Rpc__FieldViolation>? = violation
                    return withUnsafeMutablePointer(to: &first) { list in
                        var badRequest = Rpc__BadRequest()
                        rpc__bad_request__init(&badRequest)
                        badRequest.n_field_violations = 1
                        badRequest.field_violations = list
                        return packed(
                            rpc__bad_request__get_packed_size(&badRequest)
                        ) { rpc__bad_request__pack(&badRequest, $0) }
                    }
                }
            }
        }
    }

    private static func retryInfo(seconds: Int) -> [UInt8] {
        var delay = Rpc__Duration()
        rpc__duration__init(&delay)
        delay.seconds = Int64(seconds)
        return withUnsafeMutablePointer(to: &delay) { delay in
            var info = Rpc__RetryInfo()
            rpc__retry_info__init(&info)
            info.retry_delay = delay
            return packed(rpc__retry_info__get_packed_size(&info)) { rpc__retry_info__pack(&info, $0) }
        }
    }

    private static func packed(
        _ byteCount: Int,
        _ pack: (UnsafeMutablePointer<UInt8>?) -> Int
    ) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            count = pack(buffer.baseAddress)
        }
    }

    private static func withBinary(_ text: String, _ body: (ProtobufCBinaryData) -> [UInt8]) -> [UInt8] {
        withBinary([UInt8](text.utf8), body)
    }

    private static func withBinary(_ bytes: [UInt8], _ body: (ProtobufCBinaryData) -> [UInt8]) -> [UInt8] {
        var bytes = bytes
        // SAFETY: protobuf-c reads the bytes while packing, inside `body`, and never writes through `data`.
        return bytes.withUnsafeMutableBufferPointer { buffer in
            body(ProtobufCBinaryData(len: buffer.count, data: buffer.baseAddress))
        }
    }
}
