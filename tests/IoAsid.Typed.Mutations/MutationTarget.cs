namespace IoAsid.Typed.Mutations;

/// <summary>The assembly that a gate mutates, and the tests that must detect it. The project file embeds the sources as <c>Assembly/path</c> and the table by its path.</summary>
/// <param name="Assembly">The mutated assembly. All of its sources are compiled again.</param>
/// <param name="Tests">The assembly of the tests that must fail. The setting <c>Tests.StepLimit</c> of the application limits their runs.</param>
/// <param name="Table">The path of the table of killers, relative to this project.</param>
/// <param name="Folder">The folder of the assembly's project whose sources have sites, as in <c>Unit/</c>; empty for all.</param>
public sealed record MutationTarget(string Assembly, string Tests, string Table, string Folder = "")
{
    /// <summary>The name of the setting with the largest number of steps of a test's scheduler, as a <see cref="long"/>.</summary>
    public string StepLimitSetting => Tests + ".StepLimit";
}
