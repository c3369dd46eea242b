internal import Foundation
import MetricModel

extension DayCalendar {
    /// The days of a time zone by its name in the tz database; UTC for a name that the system does not know, which the
    /// configuration does not let through.
    init(timeZone name: String) {
        guard let zone = TimeZone(identifier: name) else {
            self = .utc
            return
        }
        self.init { seconds in
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
        }
    }
}
