namespace Cliply.Diagnostics.Tests.Binaries;

/// <summary>Tests of how long a program may run go alone: beside others on two cores, nothing can be said about time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProgramTests
{
    public const string Name = "Programs";
}
