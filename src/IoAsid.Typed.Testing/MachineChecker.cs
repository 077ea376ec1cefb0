using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Testing;

/// <summary>
/// A checker on each unit of a machine, with assertions for any test framework. It finds what no single part of the machine sees: stale translations, PASIDs that are used again before their
/// drain, and page requests without an answer. It has no effect on the run.
/// </summary>
public sealed class MachineChecker : IDisposable
{
    private readonly UnitChecker[] _checkers;

    private MachineChecker(UnitChecker[] checkers) => _checkers = checkers;

    /// <summary>The findings of all units so far, in the order of their times.</summary>
    public IReadOnlyList<Finding> Findings => [.. _checkers.SelectMany(checker => checker.Findings).OrderBy(finding => finding.Time)];

    /// <summary>Starts to watch all units of a machine.</summary>
    /// <param name="machine">The machine, before its drivers start.</param>
    /// <returns>The checker. Its disposal ends the watch.</returns>
    public static MachineChecker Watch(EmulatedMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return new([.. machine.Units.Select(UnitChecker.Watch)]);
    }

    /// <summary>
    /// Asserts that no finding did harm and that no page request waits for an answer, at the end of a test, when the machine is quiet. A stale translation to a page that is not used yet does no
    /// harm: correct software causes it between a change of the tables and the end of the invalidation.
    /// </summary>
    /// <exception cref="MachineCheckException">There are harmful findings.</exception>
    public void AssertNoHarm()
    {
        foreach (UnitChecker checker in _checkers)
            checker.FindMissingResponses();
        Finding[] harmful = [.. Findings.Where(finding => finding.IsHarmful)];
        if (harmful.Length != 0)
            throw new MachineCheckException("The machine was harmed.", harmful);
    }

    /// <summary>Asserts that a misbehaviour was found.</summary>
    /// <param name="kind">The kind of finding.</param>
    /// <returns>The first finding of the kind.</returns>
    /// <exception cref="MachineCheckException">There is no finding of the kind.</exception>
    public Finding AssertFound(FindingKind kind)
    {
        IReadOnlyList<Finding> findings = Findings;
        return findings.FirstOrDefault(finding => finding.Kind == kind) ?? throw new MachineCheckException($"There is no finding of the kind {kind}.", findings);
    }

    /// <summary>Ends the watch. The findings remain.</summary>
    public void Dispose()
    {
        foreach (UnitChecker checker in _checkers)
            checker.Dispose();
    }
}
