namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>One server for all tests of verbs that read the job store; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class FleetDatabaseTests : ICollectionFixture<FleetDatabase>
{
    public const string Name = "Fleet database";
}
