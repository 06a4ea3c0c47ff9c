namespace Cliply.Diagnostics.Binaries;

/// <summary>What a program did.</summary>
/// <param name="End">How it ended.</param>
/// <param name="ExitCode">Its exit code, where it ended by itself; otherwise 0.</param>
/// <param name="Output">The start of its standard output, also of one that was killed.</param>
/// <param name="Errors">The start of its standard error, likewise.</param>
internal sealed record ProgramResult(ProgramEnd End, int ExitCode, byte[] Output, byte[] Errors);
