internal import GRDB

/// The tables of the file, as migrations: a released one is never changed, a new one is added at the end.
enum Schema {
    /// All migrations in order.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
        migrator.registerMigration("1 journal and checkpoint") { db in
            try db.execute(sql: journalAndCheckpoint)
        }
        return migrator
    }()

    // The blob comes last: a scan that wants the numbers before it reads no overflow page.
    private static let journalAndCheckpoint = """
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE TABLE keys (
            sequence INTEGER PRIMARY KEY, arrival INTEGER NOT NULL, checksum INTEGER NOT NULL,
            keys BLOB NOT NULL);
        -- id: number of the table × 2^32 + slot; one integer needs no second index.
        CREATE TABLE series (
            id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, checksum INTEGER NOT NULL,
            image BLOB NOT NULL);
        CREATE TABLE layouts (
            id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, description BLOB NOT NULL);
        CREATE TABLE meta (
            key TEXT PRIMARY KEY NOT NULL, checksum INTEGER NOT NULL, value BLOB NOT NULL);
        -- One row: sequence numbers up to it were given out, whether or not their rows are still there.
        CREATE TABLE truncation (
            id INTEGER PRIMARY KEY CHECK (id = 1), through INTEGER NOT NULL);
        INSERT INTO truncation VALUES (1, 0);
        """

    /// What guards the bytes of a table of ours.
    struct Guarded {
        /// The column whose number goes into the checksum.
        let key: String

        /// The column of the bytes.
        let bytes: String
    }

    /// The tables whose rows carry a checksum and are numbered.
    static let guarded: [String: Guarded] = [
        "journal": Guarded(key: "sequence", bytes: "record"),
        "keys": Guarded(key: "sequence", bytes: "keys"),
        "series": Guarded(key: "id", bytes: "image"),
        "layouts": Guarded(key: "id", bytes: "description"),
        "meta": Guarded(key: "", bytes: "value"),
    ]
}
