namespace IoAsid.Typed;

/// <summary>
/// Marks a member that answers a value of a type with the mark <see cref="AnsweredOnceAttribute"/>: a method, a property that is written, or a
/// parameter by which a method takes over the duty to answer (IOASID4001).
/// </summary>
/// <remarks>A method with such a parameter has to answer, or to pass the duty on, on every path. The analyzer checks it.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Parameter, Inherited = true)]
public sealed class AnswersAttribute : Attribute;
