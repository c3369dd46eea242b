internal import CCurl
private import Synchronization

/// The one owner of a libcurl easy handle; a connection stays open in it between transfers.
struct CurlHandle: ~Copyable {
    /// For calls of libcurl; not to be kept.
    let pointer: UnsafeMutableRawPointer

    /// Set up once per process, before the first handle; libcurl's global state is then safe to share.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Makes a handle; nil where there is no memory.
    init?() {
        guard Self.isLibraryReady, let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
    }

    deinit {
        curl_easy_cleanup(pointer)
    }

    /// Forgets all options, keeps connections and cached host names.
    borrowing func reset() {
        curl_easy_reset(pointer)
    }

    /// Sets an option that is a number.
    borrowing func set(_ option: CURLoption, _ value: Int) {
        _ = spanmeter_curl_set_long(pointer, option, value)
    }

    /// Sets an option that is text, of which libcurl keeps a copy.
    borrowing func set(_ option: CURLoption, _ text: String) -> CURLcode {
        spanmeter_curl_set_text(pointer, option, text)
    }
}

/// The one owner of a list of header lines.
struct CurlList: ~Copyable {
    /// The first line, nil while it is empty; valid as long as the list lives.
    private(set) var head: UnsafeMutablePointer<curl_slist>?

    deinit {
        curl_slist_free_all(head)
    }

    /// Adds a line; libcurl copies it.
    mutating func append(_ line: String) {
        if let longer = curl_slist_append(head, line) { head = longer }
    }
}
