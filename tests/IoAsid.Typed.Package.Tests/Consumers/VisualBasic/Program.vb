Imports IoAsid.Typed
Imports IoAsid.Typed.Migration

Public Class SvaBinding
    Public Property AddressSpace As String
End Class

Public Class AuxiliaryDomain
End Class

Module Program
    Function Serve(sva As IoAsidSet(Of SvaBinding), pasid As RawIoAsid) As String
        Dim held As IoAsidReference(Of SvaBinding) = Nothing
        If Not sva.TryHold(pasid, held) Then Return "invalid request"

        Using held
            Return held.Data.AddressSpace
        End Using
    End Function

    Function ServeUntyped(space As IoAsidSpace, pasid As RawIoAsid) As String
        Dim binding = TryCast(UntypedLookup.Find(space, Nothing, pasid, Nothing), SvaBinding) ' converged
        Return If(binding?.AddressSpace, "invalid request")
    End Function

#If MISTAKES Then
    Function WrongType(sva As IoAsidSet(Of SvaBinding), pasid As RawIoAsid) As AuxiliaryDomain
        Return sva.Find(pasid).Data ' mistake
    End Function
#End If

    Sub Main()
        Dim space As New IoAsidSpace()
        Dim sva = space.CreateSet(Of SvaBinding)("sva")
        Dim aux = space.CreateSet(Of AuxiliaryDomain)("aux")
        Dim pasid = sva.Allocate(New SvaBinding With {.AddressSpace = "process 42"}).Id
        Dim domain = aux.Allocate(New AuxiliaryDomain()).Id

        Console.WriteLine(Serve(sva, pasid))
        Console.WriteLine(Serve(sva, domain))
        Console.WriteLine(ServeUntyped(space, pasid))
    End Sub
End Module
