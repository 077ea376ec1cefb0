using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Testing;

/// <summary>An assertion on the findings of a <see cref="MachineChecker"/> that does not hold.</summary>
public sealed class MachineCheckException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The assertion.</param>
    /// <param name="findings">The findings. The message of the exception has a line for each.</param>
    public MachineCheckException(string message, IReadOnlyList<Finding> findings)
        : base(string.Join('\n', [message, .. findings is { Count: > 0 } ? findings.Select(finding => $"  {finding}") : ["  Nothing was found."]])) => Findings = findings ?? [];

    /// <summary>The findings.</summary>
    public IReadOnlyList<Finding> Findings { get; }
}
