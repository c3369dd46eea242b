/// From when to when people work, Monday to Friday; within one day.
package struct WorkHours: ConfigurationValue, Equatable {
    /// `09:00`.
    package let start: String

    /// `18:00`, later than `start`.
    package let end: String

    package static var placeholder: String { "HH:MM-HH:MM" }

    /// From nine to six.
    package init() {
        start = "09:00"
        end = "18:00"
    }

    /// Reads two times with a dash between.
    ///
    /// - Throws: `ValueProblem` where a time is none, or the end is not behind the start.
    package init(configurationText text: String) throws(ValueProblem) {
        let match = text.wholeMatch(
            of: /((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)/)
        guard let match, match.output.1 < match.output.2 else {
            throw ValueProblem(wanted: "two times of one day such as 09:00-18:00, the later one last")
        }
        start = String(match.output.1)
        end = String(match.output.2)
    }

    package var configurationText: String { "\(start)-\(end)" }
}
