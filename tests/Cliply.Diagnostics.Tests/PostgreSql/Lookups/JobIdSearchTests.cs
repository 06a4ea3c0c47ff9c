using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Tests.PostgreSql.Lookups;

public sealed class JobIdSearchTests
{
    [Theory]
    [InlineData("g")]
    [InlineData("-")]
    [InlineData("2a00-0000")]
    [InlineData("2a000000-0000-4000-8000-0000000000012")]
    [InlineData("2a'--")]
    public void Create_NoUuidAndNoStartOfOne_SaysWhatIds(string id)
    {
        JobIdSearch.Create(JobIdType.Uuid, id, out var problem).Should().BeNull();

        problem.Should().Be($"'{id}' is no job's id. Ids are UUIDs here. Give one, or its first digits: 0 to 9 and a to f, with hyphens or without.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Create_Nothing_SaysHowLong(string id)
    {
        JobIdSearch.Create(JobIdType.Text, id, out var problem).Should().BeNull();

        problem.Should().Be("'' is no job's id. A job's id has 1 to 500 characters.");
    }

    [Fact]
    public void Create_AnotherType_SaysWhichAreLookedFor()
    {
        JobIdSearch.Create(JobIdType.Other, "1", out var problem).Should().BeNull();

        problem.Should().Be("'1' is no job's id. The table's ids are of a type that is not looked for; uuid, text and whole numbers are.");
    }

    [Fact]
    public void Create_StartOfAUuid_IsTheRangeOfAllThatStartSo() =>
        JobIdSearch.Create(JobIdType.Uuid, "2a00000F-1", out _).Should().Be(new JobIdSearch(null, "2a00000f-1000-0000-0000-000000000000", "2a00000f-1fff-ffff-ffff-ffffffffffff"));
}
