internal import CCurl
private import Glibc

/// Sends requests one after the other over libcurl; connections of HTTP/1.1 are kept between them.
///
/// A call blocks its thread until the answer is complete or the time-out passes; use it off event loops. Redirects
/// are not followed. Proxies come from the usual environment variables, never for loopback addresses.
package struct HTTPClient: ~Copyable {
    /// What bounds every exchange.
    package struct Limits: Sendable {
        /// The time from the start to the complete answer.
        package var timeout: Duration

        /// The time to connect.
        package var connectTimeout: Duration

        /// The largest body that is read.
        package var bodyByteCountMax: Int

        /// 30 s in all, 5 s to connect, bodies of 4 MiB (the most an OTLP answer may have).
        package init(
            timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(5),
            bodyByteCountMax: Int = 4 << 20
        ) {
            self.timeout = timeout
            self.connectTimeout = connectTimeout
            self.bodyByteCountMax = bodyByteCountMax
        }
    }

    private let handle: CurlHandle
    /// What bounds the exchanges to come.
    package var limits: Limits
    /// A file of certificates in PEM whose servers are trusted; nil for the system's own.
    package var certificateAuthorities: String?
    private let userAgent: String

    /// Makes a client that names itself `userAgent`.
    ///
    /// - Throws: `DeliveryError.broken` where libcurl cannot be set up.
    package init(userAgent: String, limits: Limits = Limits()) throws(DeliveryError) {
        guard let handle = CurlHandle() else {
            throw .broken(server: "libcurl", reason: "it cannot be set up")
        }
        self.handle = handle
        self.limits = limits
        self.userAgent = userAgent
    }

    /// Sends `request` and returns the answer, whatever its status.
    ///
    /// - Throws: `DeliveryError` where there is no complete answer.
    package mutating func send(_ request: HTTPRequest) throws(DeliveryError) -> HTTPResponse {
        let server = try ServerAddress(url: request.url)
        handle.reset()
        guard handle.set(CURLOPT_URL, request.url) == CURLE_OK,
            handle.set(CURLOPT_USERAGENT, userAgent) == CURLE_OK,
            handle.set(CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK
        else { throw .broken(server: server.name, reason: "libcurl is out of memory") }
        if server.isLoopback { _ = handle.set(CURLOPT_PROXY, "") }
        if let file = certificateAuthorities { _ = handle.set(CURLOPT_CAINFO, file) }
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_TIMEOUT_MS, limits.timeout.wholeMilliseconds)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectTimeout.wholeMilliseconds)
        let version = request.isHTTP2 ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_1_1
        handle.set(CURLOPT_HTTP_VERSION, Int(version))
        if request.isHTTP2 {
            // libcurl 7.88 begins HTTP/2 anew on a connection that it reuses by prior knowledge, and so breaks it; it
            // also takes connections of HTTP/1.1 to the same port for it. One connection per call avoids both.
            handle.set(CURLOPT_FRESH_CONNECT, 1)
            handle.set(CURLOPT_FORBID_REUSE, 1)
        }

        var lines = CurlList()
        // An empty Expect: large bodies are sent at once instead of after a second of waiting for a 100.
        lines.append("Expect:")
        for field in request.headers {
            guard field.isSendable else { throw .badHeader(name: field.name) }
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        _ = spanmeter_curl_set_pointer(handle.pointer, CURLOPT_HTTPHEADER, lines.head)

        let transfer = Transfer(bodyByteCountMax: limits.bodyByteCountMax)
        let (code, reason) = perform(request, into: transfer)
        // The handle must not keep pointers to what ends here.
        handle.reset()
        _ = consume lines
        guard code.result == CURLE_OK else {
            throw error(code.result, reason: reason, server: server, transfer: transfer)
        }
        return HTTPResponse(
            status: code.status, headers: transfer.headers, trailers: transfer.trailers, body: transfer.body)
    }

    private func perform(
        _ request: HTTPRequest, into transfer: Transfer
    ) -> (code: (result: CURLcode, status: Int), reason: String) {
        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code = message.withUnsafeMutableBufferPointer { message in
            request.body.withUnsafeBufferPointer { body in
                _ = spanmeter_curl_set_pointer(handle.pointer, CURLOPT_ERRORBUFFER, message.baseAddress)
                if request.method != .get {
                    handle.set(CURLOPT_POST, 1)
                    _ = handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
                    _ = spanmeter_curl_set_offset(
                        handle.pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
                    if body.isEmpty {
                        // Without an address libcurl would read standard input.
                        _ = handle.set(CURLOPT_COPYPOSTFIELDS, "")
                    } else {
                        _ = spanmeter_curl_set_pointer(
                            handle.pointer, CURLOPT_POSTFIELDS,
                            UnsafeMutablePointer(mutating: body.baseAddress))
                    }
                }
                let result = transfer.run(handle)
                var status = 0
                _ = spanmeter_curl_get_long(handle.pointer, CURLINFO_RESPONSE_CODE, &status)
                return (result, status)
            }
        }
        if code.0 == CURLE_COULDNT_CONNECT, let reason = systemReason() { return (code, reason) }
        let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let fallback = String(cString: curl_easy_strerror(code.0))
        return (code, (text.isEmpty ? fallback : String(decoding: text, as: UTF8.self)).asReason)
    }

    /// What the system said when the last connection failed: `connection refused`.
    private func systemReason() -> String? {
        var number = 0
        guard spanmeter_curl_get_long(handle.pointer, CURLINFO_OS_ERRNO, &number) == CURLE_OK, number != 0,
            let text = strerror(Int32(truncatingIfNeeded: number))
        else { return nil }
        return String(cString: text).asReason
    }

    private func error(
        _ code: CURLcode, reason: String, server: ServerAddress, transfer: Transfer
    ) -> DeliveryError {
        switch code {
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            .unreachable(server: server.name, reason: reason)
        case CURLE_OPERATION_TIMEDOUT: .timedOut(server: server.name, after: limits.timeout)
        case CURLE_WRITE_ERROR where transfer.isTooLarge:
            .answerTooLarge(server: server.name, byteCountMax: limits.bodyByteCountMax)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
            .untrusted(server: server.name, reason: reason)
        default: .broken(server: server.name, reason: reason)
        }
    }
}

extension HeaderField {
    /// Whether it is one line.
    fileprivate var isSendable: Bool {
        (name + value).utf8.allSatisfy { $0 != 0 && $0 != 0x0a && $0 != 0x0d } && !name.isEmpty
    }
}

extension Duration {
    /// Rounded up, at least 1, because libcurl reads 0 as no limit.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
