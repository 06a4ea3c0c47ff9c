namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>What a job's id is.</summary>
internal enum JobIdType
{
    Uuid,
    Number,
    Text,
    Other,
}
