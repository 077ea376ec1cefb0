namespace IoAsid.Typed;

/// <summary>
/// Marks a parameter by which a method takes over a hold, a reference or a binding: from the call on, the method has to release it or pass it on.
/// </summary>
/// <remarks>
/// The analyzer (IOASID2001) then counts the caller's duty as done, and looks for a path out of the method on which the parameter is
/// neither released nor passed on. It counts on a parameter, and on those that override or implement it.
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter, Inherited = true)]
public sealed class TakesOwnershipAttribute : Attribute;
