namespace Cliply.Diagnostics.Tests.Binaries;

/// <summary>
/// Tests that write programs and run them go alone: a process that another test starts meanwhile inherits the file that is
/// still being written, and the kernel then refuses to run it.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProgramTests
{
    public const string Name = "Programs";
}
