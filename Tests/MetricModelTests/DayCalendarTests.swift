import Foundation
import MetricModel
import SeededRandom
import Testing

@Suite struct `Calendar days` {
    private static func text(_ seconds: Int64, _ calendar: DayCalendar = .utc) -> String {
        String(decoding: calendar.day(of: seconds).text, as: UTF8.self)
    }

    @Test(arguments: [
        (0, "1970-01-01"), (-1, "1969-12-31"), (86_399, "1970-01-01"), (951_782_400, "2000-02-29"),
        (4_107_542_399, "2100-02-28"), (4_107_542_400, "2100-03-01"), (1_795_651_199, "2026-11-25"),
        (253_402_300_799, "9999-12-31"),
    ])
    func `are those of the Gregorian calendar`(_ seconds: Int64, _ wanted: String) {
        #expect(Self.text(seconds) == wanted)
    }

    @Test(arguments: ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"])
    func `begin and end where the zone's clocks say midnight`(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var gregorian = Calendar(identifier: .gregorian)
        gregorian.timeZone = zone
        let calendar = DayCalendar {
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0))))
        }
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for round in 0..<2_000 {
            // Half of them about the day in 2011 that Samoa left out.
            let range: ClosedRange<Int64> =
                round.isMultiple(of: 2)
                ? 1_300_000_000...1_900_000_000 : 1_325_000_000...1_325_400_000
            let seconds = Int64.random(in: range, using: &random)
            let day = calendar.day(of: seconds)
            let date = Date(timeIntervalSince1970: Double(seconds))
            let interval = try #require(gregorian.dateInterval(of: .day, for: date))
            let parts = gregorian.dateComponents([.year, .month, .day], from: date)
            let wanted = String(
                format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            #expect(String(decoding: day.text, as: UTF8.self) == wanted, "seed \(seed), \(seconds)")
            #expect(day.begin == Int64(interval.start.timeIntervalSince1970), "seed \(seed), \(seconds)")
            #expect(day.end == Int64(interval.end.timeIntervalSince1970), "seed \(seed), \(seconds)")
            #expect(day.contains(seconds) && !day.contains(day.end))
        }
    }
}
