namespace Cliply.Diagnostics.Reports;

/// <summary>A command for an engineer to run; this library runs none of them.</summary>
/// <param name="Platform">Where it applies.</param>
/// <param name="Command">The command line, placeholders filled from the evidence where it names them.</param>
/// <param name="Effect">Whether it changes anything.</param>
public sealed record RunbookCommand(CommandPlatform Platform, string Command, CommandEffect Effect);
