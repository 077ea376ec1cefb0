namespace IoAsid.Typed;

/// <summary>
/// Marks what answers a value of a type marked <see cref="AnsweredOnceAttribute"/>: a method of it, the writing of a property of it, or a
/// parameter by which a method takes over the duty to answer (IOASID4001).
/// </summary>
/// <remarks>A method with such a parameter is checked itself: it has to answer, or to pass the duty on, on every path.</remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Parameter, Inherited = true)]
public sealed class AnswersAttribute : Attribute;
