namespace IoAsid.Typed;

/// <summary>
/// Marks a type whose values need exactly one answer, such as a page request group: the device waits for the answer. A member that answers has the mark
/// <see cref="AnswersAttribute"/>. The analyzer (IOASID4001) reports a path without an answer, and a path with two.
/// </summary>
/// <remarks>A group without an answer stalls its device until the device is reset. A second answer goes to the next group with the same index.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = true)]
public sealed class AnsweredOnceAttribute : Attribute
{
    /// <summary>The name of the type's <see cref="bool"/> property that is true after the answer, if the type has one. <c>IsAnswered</c> by default.</summary>
    public string AnsweredProperty { get; init; } = "IsAnswered";
}
