namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>Tests that measure the memory of the whole process, and so run beside no others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
