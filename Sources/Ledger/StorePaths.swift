/// The names of the store's files in its directory.
struct StorePaths: Sendable {
    /// What comes after the database's name for the files that SQLite keeps beside it.
    static let companions = ["", "-wal", "-shm"]

    private static let name = "spanmeter.db"
    private static let copyPrefix = "spanmeter-"
    private static let salvagedPrefix = "\(name).salvaged-"

    let directory: String

    init(directory: String) {
        self.directory =
            directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    }

    /// The database.
    var database: String { "\(directory)/\(Self.name)" }

    /// Locked while a store is open.
    var lock: String { "\(directory)/spanmeter.lock" }

    /// There after damage was found while the store was in use: the next start salvages.
    var suspect: String { "\(database).suspect" }

    /// A database that is being filled from a damaged one.
    var unfinished: String { "\(database).new" }

    /// A copy that is being written.
    var unfinishedCopy: String { "\(directory)/\(Self.copyPrefix)copy.tmp" }

    /// A database that has everything that could be read from the damaged one, which was found at `time`.
    func salvaged(_ time: String) -> String { "\(directory)/\(Self.salvagedPrefix)\(time)" }

    /// Where the damaged database of `time` goes.
    func damaged(_ time: String) -> String { "\(database).damaged-\(time)" }

    /// The copy of a day.
    func copy(_ day: String) -> String { "\(directory)/\(Self.copyPrefix)\(day).db" }

    /// The copies that are there, oldest first.
    func copies() -> [String] {
        FileSystem.names(in: directory)
            .filter { $0.hasPrefix(Self.copyPrefix) && $0.hasSuffix(".db") }
            .map { "\(directory)/\($0)" }
    }

    /// The time of a salvage that was interrupted after everything was read.
    func interruptedSalvage() -> String? {
        FileSystem.names(in: directory).first { $0.hasPrefix(Self.salvagedPrefix) && $0.hasSuffix("Z") }
            .map { String($0.dropFirst(Self.salvagedPrefix.count)) }
    }
}
