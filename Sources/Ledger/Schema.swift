internal import GRDB

/// The tables of the file, as migrations: a released one is never changed, a new one is added at the end.
enum Schema {
    /// All migrations in order.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
        migrator.registerMigration("1 journal and checkpoint") { db in
            try db.execute(sql: journalAndCheckpoint)
        }
        migrator.registerMigration(ledgerMigration) { db in
            try db.execute(sql: testLedger)
        }
        migrator.registerMigration("3 reports arrive as spans") { db in
            try db.execute(sql: "DROP TABLE reports; ALTER TABLE runs DROP COLUMN source;")
        }
        migrator.registerMigration(trialMigration) { db in
            try db.execute(sql: trialTables)
        }
        migrator.registerMigration(editMigration) { db in
            try db.execute(sql: editTable)
        }
        migrator.registerMigration(inputMigration) { db in
            try db.execute(sql: inputTable)
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

    static let ledgerMigration = "2 test ledger"

    static let trialMigration = "4 experiments and skills"

    static let editMigration = "5 changes of skills in repositories"

    /// The migration that whoever reads the ledger needs.
    static let inputMigration = "6 patterns of failed inputs"

    private static let trialTables = """
        CREATE TABLE trials (
            id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, image BLOB NOT NULL);
        -- id: number of the trial × 2^32 + the case's.
        CREATE TABLE trial_cases (
            id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, image BLOB NOT NULL);
        """

    // Row 0 says how far which repository was read.
    private static let editTable = """
        CREATE TABLE skill_edits (
            id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, image BLOB NOT NULL);
        """

    // Row 0 has the next serial.
    private static let inputTable = """
        CREATE TABLE input_patterns (
            id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, image BLOB NOT NULL);
        """

    // Runs and patterns are plain columns, for whoever looks into the file with other tools.
    private static let testLedger = """
        -- Open cases and runs: part of the checkpoint, as series.
        CREATE TABLE folds (
            id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, checksum INTEGER NOT NULL,
            image BLOB NOT NULL);
        CREATE TABLE tests (
            id INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, description BLOB NOT NULL);
        -- Times in milliseconds since 1970; root: the run that this one is a part of; result: null while it
        -- goes on, else 0 passed, 1 failed, 2 interrupted; source: 0 spans, 1 a report. Counts without parts.
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, root INTEGER,
            service TEXT NOT NULL, environment TEXT NOT NULL, revision TEXT, branch TEXT, sequence INTEGER,
            started INTEGER NOT NULL, ended INTEGER NOT NULL, result INTEGER, source INTEGER NOT NULL,
            passed INTEGER NOT NULL, failed INTEGER NOT NULL, error INTEGER NOT NULL,
            skipped INTEGER NOT NULL, flaky INTEGER NOT NULL);
        -- Results of cases, packed: one row a run and decision. What comes later takes precedence.
        CREATE TABLE results (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL, checksum INTEGER NOT NULL, chunk BLOB NOT NULL);
        CREATE INDEX results_run ON results (run);
        -- Sums of the runs whose results are over; day: days since 1970, UTC.
        CREATE TABLE days (
            id INTEGER PRIMARY KEY, day INTEGER NOT NULL, service TEXT NOT NULL, environment TEXT NOT NULL,
            runs INTEGER NOT NULL, passed INTEGER NOT NULL, failed INTEGER NOT NULL, error INTEGER NOT NULL,
            skipped INTEGER NOT NULL, flaky INTEGER NOT NULL, UNIQUE (day, service, environment));
        CREATE TABLE patterns (
            id INTEGER PRIMARY KEY, service TEXT NOT NULL, text TEXT NOT NULL, count INTEGER NOT NULL,
            last INTEGER NOT NULL, UNIQUE (service, text));
        -- Files that were taken in; arrival in milliseconds since 1970.
        CREATE TABLE reports (
            id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, arrival INTEGER NOT NULL);
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
        "folds": Guarded(key: "id", bytes: "image"),
        "tests": Guarded(key: "id", bytes: "description"),
        "results": Guarded(key: "run", bytes: "chunk"),
        "trials": Guarded(key: "id", bytes: "image"),
        "trial_cases": Guarded(key: "id", bytes: "image"),
        "skill_edits": Guarded(key: "id", bytes: "image"),
        "input_patterns": Guarded(key: "id", bytes: "image"),
    ]
}
