/// The header Retry-After (RFC 9110, 10.2.3).
enum RetryAfter {
    /// The wait that it asks for: a number of seconds, or a date in the form that servers have to send.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Returns: nil where it is neither; zero for a date that is over.
    static func wait(_ text: String, now: Int64) -> Duration? {
        if let seconds = UInt32(text) { return .seconds(Int64(seconds)) }
        return secondsSince1970(text).map { .seconds(max(0, $0 - now)) }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
    private static func secondsSince1970(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[0].hasSuffix(","),
            let day = Int64(words[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(words[2])),
            let year = Int64(words[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        return (days(year: year, month: Int64(month) + 1) + day - 1) * 86_400 + clock[0] * 3_600
            + clock[1] * 60 + clock[2]
    }

    /// Days from 1970 to the first of a month. The year is taken to begin in March, so that the leap day is its last;
    /// 400 years have 146,097 days, and 719,468 lie between March of year 0 and 1970.
    private static func days(year: Int64, month: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
