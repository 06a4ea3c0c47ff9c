namespace Cliply.Diagnostics.AspNetCore.Tests;

/// <summary>For tests beside which no other host may run in the process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
