private import Glibc

/// A time of the calendar in UTC, as it stands in file names.
struct UTCTime {
    private let fields: tm

    /// - Parameter seconds: since 1970.
    init(seconds: Int64) {
        var time = time_t(seconds)
        var fields = tm()
        gmtime_r(&time, &fields)
        self.fields = fields
    }

    /// `20261121`.
    var day: String {
        digits(fields.tm_year + 1_900, 4) + digits(fields.tm_mon + 1, 2) + digits(fields.tm_mday, 2)
    }

    /// `20261121T042118Z`.
    var second: String {
        "\(day)T\(digits(fields.tm_hour, 2))\(digits(fields.tm_min, 2))\(digits(fields.tm_sec, 2))Z"
    }

    private func digits(_ number: Int32, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
