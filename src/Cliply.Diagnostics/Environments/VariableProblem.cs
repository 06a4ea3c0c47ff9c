namespace Cliply.Diagnostics.Environments;

/// <summary>What is wrong with a variable.</summary>
/// <param name="State">Of what kind it is.</param>
/// <param name="Reason">In words that follow the variable's name; never its value.</param>
internal sealed record VariableProblem(VariableState State, string Reason);
