/// One HTTP/1.1 connection: requests with Content-Length or none.
struct HTTP1Exchange {
    let connection: Connection

    func serve(_ respond: (ReceivedRequest) -> ServerAnswer) {
        while let request = read() {
            switch respond(request) {
            case .answer(let status, let headers, let body, _):
                var head = "HTTP/1.1 \(status) Some Reason\r\ncontent-length: \(body.count)\r\n"
                for (name, value) in headers { head += "\(name): \(value)\r\n" }
                connection.send(Array((head + "\r\n").utf8) + body)
            case .raw(let text):
                connection.send(Array(text.utf8))
                return
            case .hangUp: return
            case .silence: connection.waitForEnd()
            }
        }
    }

    private func read() -> ReceivedRequest? {
        guard let head = connection.take(through: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ").map(String.init) ?? []
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return (
                name: parts[0].lowercased(), value: parts.count < 2 ? "" : String(parts[1].drop { $0 == " " })
            )
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard let body = connection.take(length) else { return nil }
        return ReceivedRequest(method: words[0], path: words[1], headers: headers, body: body, isHTTP2: false)
    }
}
