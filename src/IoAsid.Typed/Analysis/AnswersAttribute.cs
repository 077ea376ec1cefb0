namespace IoAsid.Typed;

/// <summary>
/// Marks a member that answers a value of a type with the mark <see cref="AnsweredOnceAttribute"/>: a method, a property that is written, or a
/// parameter by which a method takes over the duty to answer (IOASID4001).
/// </summary>
/// <remarks>
/// <para>A method with such a parameter has to answer, or to pass the duty on, on every path. The analyzer checks it.</para>
/// <para>On a return value or an <c>out</c> parameter, the caller gets the duty: for the value, the result of a task, or each item of a sequence.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = true)]
public sealed class AnswersAttribute : Attribute
{
    /// <summary>
    /// Gets a value indicating whether the member answers only a value that has no answer, and does nothing to others. Such a member may follow an answer. An example is <c>Dispose</c>.
    /// </summary>
    public bool OnlyIfUnanswered { get; init; }
}
