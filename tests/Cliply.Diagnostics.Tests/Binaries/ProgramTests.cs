namespace Cliply.Diagnostics.Tests.Binaries;

/// <summary>Tests of how long something may run or how much memory it may take go alone: beside others on two cores, nothing can be said about either.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProgramTests
{
    public const string Name = "Programs";
}
