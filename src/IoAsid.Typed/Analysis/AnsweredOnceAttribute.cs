namespace IoAsid.Typed;

/// <summary>
/// Marks a type whose values are to be answered exactly once: a page request group, which the device waits for. What answers one is marked
/// <see cref="AnswersAttribute"/>; the analyzer (IOASID4001) reports a path that answers not at all, or twice.
/// </summary>
/// <remarks>A group without an answer stalls its device until it is reset; a second answer goes to whoever uses the group's index next.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = true)]
public sealed class AnsweredOnceAttribute : Attribute
{
    /// <summary>The name of the type's <see cref="bool"/> property that tells whether it was answered, if it has one. <c>IsAnswered</c> unless said otherwise.</summary>
    public string AnsweredProperty { get; init; } = "IsAnswered";
}
