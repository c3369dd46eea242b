// A VFS for SQLite that forgets what was not synced and fails on demand: for tests of what must survive.
//
// It wraps the default VFS and becomes the default. Two ways to use it:
//
//   in a test's process:  testvfs_register(); testvfs_plan("/tmp/x/", "forget,fail=write:17");
//   around any program:   LD_PRELOAD=libtestvfs.so SPANMETER_TESTVFS=forget,crash=sync:9 spanmeter serve …
//
// A plan is a list of words with commas between them:
//
//   forget          Writes and truncations live in this process' memory until the file is synced, so that
//                   kill -9 loses what a power cut would lose. Reads and all connections see them. The last
//                   close of a file and a regular exit write them to the file. Shared memory stays as it is;
//                   creating, renaming and deleting files take effect at once. A sync hands the bytes to the
//                   system and does not wait for the disk: a kill loses none of them, and tests are quick.
//   lie             A sync says that it worked and does nothing. With `forget` nothing is ever written until
//                   the process ends regularly.
//   slow=MS         A sync takes so many milliseconds longer, as on a disk; others go on meanwhile.
//   fail=OP:RANGE[:KIND]   The calls of OP in RANGE fail with KIND: `ioerr` (the default) or `full`. A write
//                   that fails has written its first half.
//   crash=OP:N      The N-th call of OP is the last: the process kills itself with SIGKILL before anything of
//                   the call happens. In a test's process everything below the prefix fails from there on, and
//                   what was not synced is gone.
//   torn=SEED       With `crash`: each sector of 512 bytes that was not synced is written or not, by chance.
//   stats=PATH      A text file with the number of calls of each OP so far, kept up to date.
//
// OP: open, read, write, truncate, sync, delete, shm. RANGE: `3`, `3-7`, `3-` (to the end). Calls count from 1.
#ifndef SPANMETER_CTESTVFS_H
#define SPANMETER_CTESTVFS_H

/// Makes the VFS the default; more calls do nothing. Returns 0, or SQLite's code.
int testvfs_register(void);

/// Gives the files whose paths begin with `prefix` a plan in place of their old one, with counts from 0.
///
/// The files must be closed. Returns 0, or -1 where `text` is no plan.
int testvfs_plan(const char *prefix, const char *text);

/// Ends the plan of `prefix`; what was not synced is gone. The files must be closed.
void testvfs_end(const char *prefix);

/// How many calls of `operation` there were under the plan of `prefix`; 0 for unknown ones.
unsigned long long testvfs_count(const char *prefix, const char *operation);

/// Whether the plan of `prefix` crashed.
int testvfs_has_crashed(const char *prefix);

#endif
