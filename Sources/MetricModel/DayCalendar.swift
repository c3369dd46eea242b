/// The calendar days of a time zone.
package struct DayCalendar: Sendable {
    /// One day.
    package struct Day: Sendable, Equatable {
        /// Of days since 1970.
        package let number: Int64
        /// `2026-11-21`.
        package let text: [UInt8]
        /// Seconds since 1970.
        package let begin: Int64
        /// Of the next day.
        package let end: Int64

        package init(number: Int64, text: [UInt8], begin: Int64, end: Int64) {
            self.number = number
            self.text = text
            self.begin = begin
            self.end = end
        }

        package func contains(_ seconds: Int64) -> Bool { begin <= seconds && seconds < end }

        /// `2026-11`; what the texts of all days of its month begin with.
        package var month: ArraySlice<UInt8> { text.prefix(7) }
    }

    /// By how many seconds the zone's clocks are ahead of UTC at a time, in seconds since 1970.
    private let offset: @Sendable (Int64) -> Int64

    package init(offset: @escaping @Sendable (Int64) -> Int64) { self.offset = offset }

    package static let utc = DayCalendar { _ in 0 }

    private static let secondsPerDay: Int64 = 86_400

    /// The day of a time, in seconds since 1970.
    ///
    /// - Complexity: O(1), with five questions for the offset.
    package func day(of seconds: Int64) -> Day {
        let own = offset(seconds)
        let number = Self.floor(seconds + own)
        var (begin, end) = (midnight(number), midnight(number + 1))
        // Where a zone leaves out the day before, or after: it goes by the clocks of the day itself.
        if begin > seconds { begin = number * Self.secondsPerDay - own }
        if end <= seconds { end = (number + 1) * Self.secondsPerDay - own }
        return Day(number: number, text: Self.text(number), begin: begin, end: end)
    }

    private static func floor(_ local: Int64) -> Int64 {
        (local - (local % secondsPerDay + secondsPerDay) % secondsPerDay) / secondsPerDay
    }

    /// When day `number` since 1970 begins. Where clocks are changed at midnight, about then.
    private func midnight(_ number: Int64) -> Int64 {
        let local = number * Self.secondsPerDay
        return local - offset(local - offset(local))
    }

    /// The date of day `number` since 1970, in the proleptic Gregorian calendar.
    private static func text(_ number: Int64) -> [UInt8] {
        // Years begin in March, so that the day that may be missing comes last; 719,468 days from then in year 0.
        let day = number + 719_468
        let era = (day >= 0 ? day : day - 146_096) / 146_097
        let dayOfEra = day - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return digits(year, 4) + [dash] + digits(month < 10 ? month + 3 : month - 9, 2) + [dash]
            + digits(dayOfYear - (153 * month + 2) / 5 + 1, 2)
    }

    private static let dash = UInt8(ascii: "-")

    private static func digits(_ number: Int64, _ count: Int) -> [UInt8] {
        var rest = number
        var digits = [UInt8](repeating: UInt8(ascii: "0"), count: count)
        for place in digits.indices.reversed() {
            digits[place] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return digits
    }
}
