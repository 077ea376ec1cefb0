namespace IoAsid.Typed;

/// <summary>
/// Marks a parameter by which a method takes over a hold, a reference or a binding. From the call on, the method has to release it or to pass it on.
/// </summary>
/// <remarks>
/// The analyzer (IOASID2001) treats the caller's duty as done, and reports a path out of the method on which the parameter is
/// neither released nor passed on. The mark covers the parameter and the parameters that override or implement it.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter, Inherited = true)]
public sealed class TakesOwnershipAttribute : Attribute;
