namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>One server for all tests that read from PostgreSQL; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
