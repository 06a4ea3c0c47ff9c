namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("2", 2)]
    [InlineData("1.5", 1.5)]
    [InlineData("250m", 0.25)]
    [InlineData("123456789n", 0.123456789)]
    [InlineData("512Mi", 536_870_912)]
    [InlineData("1Gi", 1_073_741_824)]
    [InlineData("128M", 128_000_000)]
    [InlineData("12e6", 12_000_000)]
    [InlineData("7E", 7e18)]
    public void Read_Amount_IsCoresOrBytes(string text, double expected) => Quantity.Read(text).Should().BeApproximately(expected, expected * 1e-12);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1e999999999")]
    [InlineData("1.2.3")]
    [InlineData("12 Mi")]
    [InlineData("Mi")]
    public void Read_NoAmount_IsNull(string? text) => Quantity.Read(text).Should().BeNull();
}
