namespace IoAsid.Typed;

/// <summary>
/// Marks a parameter by which a method takes over a hold, a reference or a binding. From the call on, the method has to release it or to pass it on. On a return value, the caller takes
/// over an object that lasts until its disposal, such as an attachment or a mapping.
/// </summary>
/// <remarks>
/// <para>The analyzer (IOASID2001) treats the caller's duty as done, and reports a path out of the method on which the parameter is
/// neither released nor passed on. The mark covers the parameter and the parameters that override or implement it.</para>
/// <para>On a return value, or the result of a returned task, the analyzer reports a path on which the caller neither disposes it nor passes it on. A discard (<c>_ =</c>) says that the object
/// is to last as long as its owner.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = true)]
public sealed class TakesOwnershipAttribute : Attribute;
