namespace IoAsid.Typed.Iommu;

/// <summary>The exception for an operation of the IOMMU layer that was refused or failed. The state is unchanged, unless the operation says otherwise.</summary>
public sealed class IommuException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">The reason.</param>
    /// <param name="message">The problem and the remedy.</param>
    /// <param name="cause">The exception that caused the failure, or null.</param>
    public IommuException(IommuError error, string message, Exception? cause = null)
        : base(message, cause) => Error = error;

    /// <summary>The reason.</summary>
    public IommuError Error { get; }
}
